const slider=document.getElementById("threshold"),cost=document.getElementById("cost");
const percent=v=>(100*v).toFixed(v<.1&&v>0?1:0)+" %";
function show(){
const [coverage,error,bound]=rows[slider.value];
cost.textContent="answers "+percent(coverage)+", "+percent(error)+" of them wrong (at this threshold at most "+percent(bound)+" with probability 95 %); "+percent(1-coverage)+" go to a person";
slider.setAttribute("aria-valuetext",percent(coverage));
}
slider.addEventListener("input",show);
show();
